; Rolecall's installer. For oneself it needs no rights; /AllUsers installs for everyone, from an elevated prompt. /S asks
; and shows nothing. What it refuses, it says on standard output then, and by its exit code (docs/install.md).
; makensis -DVERSION=1.2.3 -DPROGRAMS=folder -DSETUP=file.exe rolecall.nsi

Target amd64-unicode
!include LogicLib.nsh
!include MUI2.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh

!define ID "org.rolecall.Rolecall"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Rolecall"
!define AUMID "Software\Classes\AppUserModelId\${ID}"
; The class that Windows calls when a toast is pressed (src-tauri/tray/src/notify/activator.rs).
!define ACTIVATOR "{3A12D42C-91E9-4E2C-8018-E5E92D38EC78}"
!define ACTIVATOR_CLASS "Software\Classes\CLSID\${ACTIVATOR}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define RUN_APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

; Exit codes of our own; 1 and 2 are NSIS's: cancelled, aborted.
!define NEWER_IS_THERE 3
!define STILL_RUNNING 4
!define NOT_ADMINISTRATOR 5
!define THERE_FOR_EVERYONE 6
!define NOT_WRITTEN 7
!define OLD_WINDOWS 8

Name "Rolecall"
OutFile "${SETUP}"
BrandingText "Rolecall ${VERSION}"
RequestExecutionLevel user
!ifdef QUICK
; For the tests.
SetCompressor zlib
!else
SetCompressor /SOLID lzma
!endif
; Without the files' times the same programs make the same installer.
SetDateSave off
ManifestDPIAware true
ManifestSupportedOS Win10
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${NUMBERS}.0"
VIAddVersionKey ProductName "Rolecall"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Rolecall's installer"
VIAddVersionKey CompanyName "${PUBLISHER}"
VIAddVersionKey LegalCopyright "Apache License 2.0"

!define MUI_ICON "${PROGRAMS}\rolecall.ico"
!define MUI_UNICON "${PROGRAMS}\rolecall.ico"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartAsPerson

; Whether it is for everyone: 1 or 0.
Var Everyone
; Whether the resident program ran when we came: 1 or 0.
Var WasRunning

!include words.nsh
!include refuse.nsh
!include scope.nsh
!include running.nsh
!include path.nsh
!include shortcut.nsh

Page custom ScopePage ScopeChosen
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro Words

Function .onInit
    SetRegView 64
    ${IfNot} ${AtLeastWin10}
        ${Refuse} ${OLD_WINDOWS} "$(OldWindows)"
    ${EndIf}
    Call ReadScope
    ${If} ${Silent}
        Call Judge
    ${EndIf}
FunctionEnd

; Refuses what must not be done, once it is known for whom it is.
Function Judge
    Call ApplyScope
    ReadRegStr $0 SHCTX "${UNINSTALL}" "DisplayVersion"
    ${If} $0 != ""
        ${VersionCompare} "$0" "${VERSION}" $1
        ${If} $1 = 1
            ${Refuse} ${NEWER_IS_THERE} "$(NewerIsThere)"
        ${EndIf}
    ${EndIf}
FunctionEnd

Section
    Call StopRunning
    ; What an earlier installer had to put aside, as far as it does not run any more.
    Delete "$INSTDIR\rolecall*.exe.*.old"

    SetOutPath "$INSTDIR"
    SetOverwrite try
    ClearErrors
    File "${PROGRAMS}\rolecall.exe"
    File "${PROGRAMS}\rolecall-tray.exe"
    File "${PROGRAMS}\rolecall-window.exe"
    File "${PROGRAMS}\rolecall-kit.exe"
    File "${PROGRAMS}\WebView2Loader.dll"
    File "${PROGRAMS}\rolecall.ico"
    File "${PROGRAMS}\LICENSE.txt"
    File "${PROGRAMS}\THIRD-PARTY.txt"
    File "${PROGRAMS}\installed-by"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    ${If} ${Errors}
        ${Refuse} ${NOT_WRITTEN} "$(NotWritten)"
    ${EndIf}
    ; Nobody stands in the folder, so that it can be removed.
    SetOutPath "$TEMP"

    Call LayShortcut
    ; What toasts are called and look like, also where the shortcut's property is not found.
    WriteRegStr SHCTX "${AUMID}" "DisplayName" "Rolecall"
    WriteRegStr SHCTX "${AUMID}" "IconUri" "$INSTDIR\rolecall.ico"
    ; Whom a pressed toast starts, where no tray runs that hears it.
    WriteRegStr SHCTX "${AUMID}" "CustomActivator" "${ACTIVATOR}"
    WriteRegStr SHCTX "${ACTIVATOR_CLASS}" "" "Rolecall's notifications"
    WriteRegStr SHCTX "${ACTIVATOR_CLASS}\LocalServer32" "" '"$INSTDIR\rolecall-tray.exe" --toast'
    Push "add"
    Call EditPath

    WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "Rolecall"
    WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\rolecall.ico"
    WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "${PUBLISHER}"
    WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" $0

    ; Who installs for everyone is not the person at the desk.
    ${If} $WasRunning = 1
    ${AndIf} $Everyone = 0
        Exec '"$INSTDIR\rolecall-tray.exe" --quiet'
    ${EndIf}
SectionEnd

; From the last page. By way of the desktop's shell, so that an elevated installer starts no elevated tray.
Function StartAsPerson
    Exec '"$WINDIR\explorer.exe" "$INSTDIR\rolecall-tray.exe"'
FunctionEnd

Function un.onInit
    SetRegView 64
    Call un.ReadScope
FunctionEnd

Section "Uninstall"
    Call un.StopRunning
    Delete "$SMPROGRAMS\Rolecall.lnk"
    Push "remove"
    Call un.EditPath
    Call un.ForgetLogins
    DeleteRegKey SHCTX "${AUMID}"
    DeleteRegKey SHCTX "${ACTIVATOR_CLASS}"
    ; By name: what somebody else laid into the folder stays, and so does the folder then.
    Delete "$INSTDIR\rolecall.exe"
    Delete "$INSTDIR\rolecall-tray.exe"
    Delete "$INSTDIR\rolecall-window.exe"
    Delete "$INSTDIR\rolecall-kit.exe"
    Delete "$INSTDIR\WebView2Loader.dll"
    Delete "$INSTDIR\rolecall.ico"
    Delete "$INSTDIR\LICENSE.txt"
    Delete "$INSTDIR\THIRD-PARTY.txt"
    Delete "$INSTDIR\installed-by"
    Delete "$INSTDIR\uninstall.exe"
    Delete /REBOOTOK "$INSTDIR\rolecall*.exe.*.old"
    ${If} ${FileExists} "$INSTDIR\rolecall*.exe.*.old"
        RMDir /REBOOTOK "$INSTDIR"
        SetRebootFlag false
    ${Else}
        RMDir "$INSTDIR"
    ${EndIf}
    DeleteRegKey SHCTX "${UNINSTALL}"
SectionEnd
