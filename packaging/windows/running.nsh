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
        System::Call '*(w "$INSTDIR\rolecall-tray.exe", w "$INSTDIR\rolecall-window.exe", w "$INSTDIR\rolecall.exe") p.r3'
        System::Call 'rstrtmgr::RmRegisterResources(i r1, i 3, p r3, i 0, p 0, i 0, p 0) i.r0'
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

!macro CountInUse un program
    Push "${program}"
    Call ${un}InUse
    Pop $1
    IntOp $0 $0 + $1
!macroend

!insertmacro Running ""
!insertmacro Running "un."
