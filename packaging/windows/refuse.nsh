; Ending with a sentence and an exit code: in a box, or on standard output where nobody looks.

!define Refuse "!insertmacro Refuse "
!macro Refuse code words
    Push "${words}"
    !ifdef __UNINSTALL__
        Call un.Tell
    !else
        Call Tell
    !endif
    SetErrorLevel ${code}
    Quit
!macroend

!macro Tell un
Function ${un}Tell
    Exch $0
    Push $1
    ${If} ${Silent}
        ; -1 is the parent's console, -11 standard output; there may be neither.
        System::Call 'kernel32::AttachConsole(i -1)'
        System::Call 'kernel32::GetStdHandle(i -11) p.r1'
        ${If} $1 P<> 0
        ${AndIf} $1 P<> -1
            FileWrite $1 "rolecall: $0$\r$\n"
        ${EndIf}
    ${Else}
        MessageBox MB_OK|MB_ICONSTOP "$0"
    ${EndIf}
    Pop $1
    Pop $0
FunctionEnd
!macroend
!insertmacro Tell ""
!insertmacro Tell "un."
