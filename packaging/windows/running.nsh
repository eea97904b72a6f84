; A program that runs cannot be replaced or removed: it is asked to quit first, and waited for.

; In quarters of a second.
!ifdef QUICK
!define PATIENCE 8
!else
!define PATIENCE 60
!endif

!macro Running un
; 1 where this program of ours is in use, else 0.
Function ${un}InUse
    Exch $0
    Push $1
    StrCpy $1 0
    ${If} ${FileExists} "$INSTDIR\$0"
        ClearErrors
        FileOpen $0 "$INSTDIR\$0" a
        ${If} ${Errors}
            StrCpy $1 1
        ${Else}
            FileClose $0
        ${EndIf}
    ${EndIf}
    StrCpy $0 $1
    Pop $1
    Exch $0
FunctionEnd

; 1 where any program of ours is in use after a while, else 0.
Function ${un}StaysInUse
    Push $0
    Push $1
    Push $2
    StrCpy $2 0
    ${Do}
        StrCpy $0 0
        !insertmacro CountInUse "${un}" "rolecall.exe"
        !insertmacro CountInUse "${un}" "rolecall-tray.exe"
        !insertmacro CountInUse "${un}" "rolecall-window.exe"
        !insertmacro CountInUse "${un}" "rolecall-kit.exe"
        IntOp $2 $2 + 1
        ${If} $0 = 0
        ${OrIf} $2 > ${PATIENCE}
            ${ExitDo}
        ${EndIf}
        Sleep 250
    ${Loop}
    ${If} $0 > 1
        StrCpy $0 1
    ${EndIf}
    Pop $2
    Pop $1
    Exch $0
FunctionEnd

; Other people's trays, when an administrator works for everyone: Windows' own Restart Manager asks each to close, as
; at the end of a session, and ends those that do not answer. The credentials file is whole whenever that is.
Function ${un}EndOthers
    Push $0
    Push $1
    Push $2
    Push $3
    System::Call 'rstrtmgr::RmStartSession(*i .r1, i 0, w .r2) i.r0'
    ${If} $0 = 0
        System::Call '*(w "$INSTDIR\rolecall-tray.exe", w "$INSTDIR\rolecall-window.exe", w "$INSTDIR\rolecall.exe", w "$INSTDIR\rolecall-kit.exe") p.r3'
        System::Call 'rstrtmgr::RmRegisterResources(i r1, i 4, p r3, i 0, p 0, i 0, p 0) i.r0'
        ${If} $0 = 0
            ; 1: RmForceShutdown
            System::Call 'rstrtmgr::RmShutdown(i r1, i 1, p 0)'
        ${EndIf}
        System::Call 'rstrtmgr::RmEndSession(i r1)'
        System::Free $3
    ${EndIf}
    Pop $3
    Pop $2
    Pop $1
    Pop $0
FunctionEnd

; A right by which an administrator may end other people's processes.
Function ${un}MayEndOthers
    Push $0
    Push $1
    Push $2
    Push $3
    Push $4
    ; TOKEN_ADJUST_PRIVILEGES and TOKEN_QUERY
    System::Call 'advapi32::OpenProcessToken(p -1, i 0x28, *p .r1) i.r0'
    ${If} $0 <> 0
        System::Call '*(i 0, i 0) p.r4'
        System::Call 'advapi32::LookupPrivilegeValueW(p 0, w "SeDebugPrivilege", p r4) i.r0'
        ${If} $0 <> 0
            System::Call '*$4(i .r2, i .r3)'
            System::Free $4
            ; 2: SE_PRIVILEGE_ENABLED
            System::Call '*(i 1, i r2, i r3, i 2) p.r4'
            System::Call 'advapi32::AdjustTokenPrivileges(p r1, i 0, p r4, i 0, p 0, p 0) i.r0'
        ${EndIf}
        System::Free $4
        System::Call 'kernel32::CloseHandle(p r1)'
    ${EndIf}
    Pop $4
    Pop $3
    Pop $2
    Pop $1
    Pop $0
FunctionEnd

; Ends every process of this program of ours, whoever's it is: the Restart Manager sees none of other sessions where it
; is told not to, and an old tray would not understand the new programs.
Function ${un}EndProcesses
    Exch $9 ; the program's name
    Push $0
    Push $1 ; where the processes' numbers are
    Push $2 ; the bytes of them
    Push $3 ; where among them we are
    Push $4
    Push $5 ; a process
    Push $6 ; its program
    System::Alloc 65536
    Pop $1
    System::Call 'kernel32::K32EnumProcesses(p r1, i 65536, *i .r2) i.r0'
    ${If} $0 = 0
        StrCpy $2 0
    ${EndIf}
    StrCpy $3 0
    ${While} $3 < $2
        IntPtrOp $4 $1 + $3
        System::Call '*$4(i .r4)'
        ; SYNCHRONIZE, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_TERMINATE
        System::Call 'kernel32::OpenProcess(i 0x101001, i 0, i r4) p.r5'
        ${If} $5 P<> 0
            StrCpy $6 ""
            System::Call 'kernel32::QueryFullProcessImageNameW(p r5, i 0, w .r6, *i ${NSIS_MAX_STRLEN}) i.r0'
            ${If} $0 <> 0
            ${AndIf} $6 == "$INSTDIR\$9"
                System::Call 'kernel32::TerminateProcess(p r5, i 1)'
                System::Call 'kernel32::WaitForSingleObject(p r5, i 5000)'
            ${EndIf}
            System::Call 'kernel32::CloseHandle(p r5)'
        ${EndIf}
        IntOp $3 $3 + 4
    ${EndWhile}
    System::Free $1
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
    Pop $0
    Pop $9
FunctionEnd

; What still runs then, runs on under another name, which goes when the computer starts anew.
Function ${un}PutAside
    Exch $9
    Push $0
    Push $9
    Call ${un}InUse
    Pop $0
    ${If} $0 = 1
        System::Call 'kernel32::GetTickCount() i.r0'
        Rename "$INSTDIR\$9" "$INSTDIR\$9.$0.old"
        Delete /REBOOTOK "$INSTDIR\$9.$0.old"
        ; Nobody has to restart for it.
        SetRebootFlag false
    ${EndIf}
    Pop $0
    Pop $9
FunctionEnd

; Returns only when no program of ours is in use.
Function ${un}StopRunning
    Push "rolecall-tray.exe"
    Call ${un}InUse
    Pop $WasRunning
  again:
    ${If} ${FileExists} "$INSTDIR\rolecall.exe"
        nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\rolecall.exe" quit'
        Pop $0
    ${EndIf}
    Call ${un}StaysInUse
    Pop $0
    ${If} $0 = 1
    ${AndIf} $Everyone = 1
        Call ${un}EndOthers
        Call ${un}StaysInUse
        Pop $0
        ${If} $0 = 1
            Call ${un}MayEndOthers
            !insertmacro WithProgram "${un}EndProcesses" "rolecall-tray.exe"
            !insertmacro WithProgram "${un}EndProcesses" "rolecall-window.exe"
            !insertmacro WithProgram "${un}PutAside" "rolecall-tray.exe"
            !insertmacro WithProgram "${un}PutAside" "rolecall-window.exe"
            !insertmacro WithProgram "${un}PutAside" "rolecall-kit.exe"
            !insertmacro WithProgram "${un}PutAside" "rolecall.exe"
            Call ${un}StaysInUse
            Pop $0
        ${EndIf}
    ${EndIf}
    ${If} $0 = 1
        ${IfNot} ${Silent}
            MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRunning)" IDRETRY again
            SetErrorLevel ${STILL_RUNNING}
            Quit
        ${EndIf}
        ${Refuse} ${STILL_RUNNING} "$(StillRunning)"
    ${EndIf}
FunctionEnd
!macroend

!macro WithProgram function program
    Push "${program}"
    Call ${function}
!macroend

!macro CountInUse un program
    Push "${program}"
    Call ${un}InUse
    Pop $1
    IntOp $0 $0 + $1
!macroend

!insertmacro Running ""
!insertmacro Running "un."
