; For whom: for oneself, in one's own folders and registry, or for everyone on the computer.

; From the arguments. What is installed for everyone already is upgraded for everyone.
Function ReadScope
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/AllUsers" $1
    ${If} ${Errors}
        StrCpy $Everyone 0
    ${Else}
        StrCpy $Everyone 1
    ${EndIf}
FunctionEnd

; Where things go, and whether they may.
Function ApplyScope
    ${If} $Everyone = 1
        UserInfo::GetAccountType
        Pop $0
        ${If} $0 != "Admin"
            ${IfNot} ${Silent}
                ExecShell "runas" "$EXEPATH" "/AllUsers"
                Quit
            ${EndIf}
            ${Refuse} ${NOT_ADMINISTRATOR} "$(NotAdministrator)"
        ${EndIf}
        SetShellVarContext all
    ${Else}
        ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
        ${If} $0 != ""
            ${Refuse} ${THERE_FOR_EVERYONE} "$(ThereForEveryone)"
        ${EndIf}
        SetShellVarContext current
    ${EndIf}
    ; An upgrade goes where the older one is; else /D=FOLDER says where, else the usual place.
    ReadRegStr $0 SHCTX "${UNINSTALL}" "InstallLocation"
    ${If} $0 != ""
        StrCpy $INSTDIR $0
    ${ElseIf} $INSTDIR == ""
        ${If} $Everyone = 1
            StrCpy $INSTDIR "$PROGRAMFILES64\Rolecall"
        ${Else}
            StrCpy $INSTDIR "$LOCALAPPDATA\Programs\Rolecall"
        ${EndIf}
    ${EndIf}
FunctionEnd

Var ForMe
Var ForEveryone

Function ScopePage
    ; Who was elevated by this page has answered it.
    ${If} $Everyone = 1
        Call Judge
        Abort
    ${EndIf}
    !insertmacro MUI_HEADER_TEXT "$(ScopeTitle)" "$(ScopeText)"
    nsDialogs::Create 1018
    Pop $0
    ${NSD_CreateRadioButton} 0 10u 100% 12u "$(ForMe)"
    Pop $ForMe
    ${NSD_CreateRadioButton} 0 28u 100% 12u "$(ForEveryone)"
    Pop $ForEveryone
    ${NSD_Check} $ForMe
    ${NSD_SetFocus} $ForMe
    GetDlgItem $0 $HWNDPARENT 1
    SendMessage $0 ${WM_SETTEXT} 0 "STR:$(Install)"
    nsDialogs::Show
FunctionEnd

Function ScopeChosen
    ${NSD_GetState} $ForEveryone $0
    ${If} $0 = ${BST_CHECKED}
        StrCpy $Everyone 1
    ${EndIf}
    Call Judge
FunctionEnd

; The uninstaller belongs to whoever's registry names its folder.
Function un.ReadScope
    StrCpy $Everyone 0
    ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
    ${If} $0 == $INSTDIR
        StrCpy $Everyone 1
        UserInfo::GetAccountType
        Pop $0
        ${If} $0 != "Admin"
            ${IfNot} ${Silent}
                ExecShell "runas" "$INSTDIR\uninstall.exe"
                Quit
            ${EndIf}
            ${Refuse} ${NOT_ADMINISTRATOR} "$(NotAdministrator)"
        ${EndIf}
        SetShellVarContext all
    ${Else}
        SetShellVarContext current
    ${EndIf}
FunctionEnd

; "Start Rolecall when I log in" names a program that goes: for oneself, or for everyone whose registry is loaded.
Function un.ForgetLogins
    ${If} $Everyone = 0
        DeleteRegValue HKCU "${RUN}" "Rolecall"
        DeleteRegValue HKCU "${RUN_APPROVED}" "Rolecall"
        Return
    ${EndIf}
    StrCpy $0 0
    ${Do}
        EnumRegKey $1 HKU "" $0
        ${If} $1 == ""
            ${ExitDo}
        ${EndIf}
        DeleteRegValue HKU "$1\${RUN}" "Rolecall"
        DeleteRegValue HKU "$1\${RUN_APPROVED}" "Rolecall"
        IntOp $0 $0 + 1
    ${Loop}
FunctionEnd
