; The folder in the PATH of the registry. NSIS's own strings end at 1024 characters and a PATH may be longer, so it is
; read, changed and written in memory of its own; what it holds besides stays as it is, its type included.

; As signed numbers, because handles are sign-extended.
!define HANDLE_HKCU -2147483647
!define HANDLE_HKLM -2147483646
!define READ_AND_WRITE 0x2001F
!define TYPE_SZ 1
!define TYPE_EXPAND_SZ 2
!define ERROR_FILE_NOT_FOUND 2

!macro EditPath un
; Takes "add" or "remove". Where the value is of an odd type or cannot be read, it is left alone.
Function ${un}EditPath
    Exch $9
    Push $0
    Push $1 ; the key
    Push $2 ; the value's type
    Push $3 ; its size in bytes
    Push $4 ; memory: a semicolon, the value, and room for one more folder
    Push $5 ; the value in it
    Push $6
    Push $7
    StrCpy $4 0
    ${If} $Everyone = 1
        System::Call 'advapi32::RegOpenKeyExW(p ${HANDLE_HKLM}, w "SYSTEM\CurrentControlSet\Control\Session Manager\Environment", i 0, i ${READ_AND_WRITE}, *p .r1) i.r0'
    ${Else}
        System::Call 'advapi32::RegOpenKeyExW(p ${HANDLE_HKCU}, w "Environment", i 0, i ${READ_AND_WRITE}, *p .r1) i.r0'
    ${EndIf}
    ${If} $0 <> 0
        Goto done
    ${EndIf}
    System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p 0, *i .r3) i.r0'
    ${If} $0 = ${ERROR_FILE_NOT_FOUND}
        StrCpy $2 ${TYPE_EXPAND_SZ}
        StrCpy $3 0
    ${ElseIf} $0 <> 0
        Goto close
    ${ElseIf} $2 <> ${TYPE_SZ}
    ${AndIf} $2 <> ${TYPE_EXPAND_SZ}
        Goto close
    ${EndIf}

    ; Zeroed, so that the value ends even where the registry holds no end of it.
    IntOp $6 $3 + 4096
    System::Alloc $6
    Pop $4
    IntPtrOp $5 $4 + 2
    System::Call 'kernel32::lstrcpyW(p r4, w ";")'
    ${If} $3 > 0
        System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p r5, *i r3) i.r0'
        ${If} $0 <> 0
            Goto close
        ${EndIf}
    ${EndIf}
    ; With a semicolon at both ends every folder in it has one before and one behind.
    System::Call 'kernel32::lstrcatW(p r4, w ";")'
    System::Call 'shlwapi::StrStrIW(p r4, w ";$INSTDIR;") p.r6'

    ${If} $9 == "add"
        ${If} $6 P<> 0
            Goto close
        ${EndIf}
        ; One that ends with a semicolon, or is empty, needs no other before the new folder.
        System::Call 'kernel32::lstrlenW(p r4) i.r7'
        IntOp $7 $7 - 2
        IntOp $7 $7 * 2
        IntPtrOp $7 $4 + $7
        System::Call 'kernel32::lstrcmpW(p r7, w ";;") i.r0'
        ${If} $0 = 0
            IntPtrOp $7 $7 + 2
            System::Call 'kernel32::lstrcpyW(p r7, w "$INSTDIR")'
        ${Else}
            System::Call 'kernel32::lstrcatW(p r4, w "$INSTDIR")'
        ${EndIf}
    ${Else}
        ${If} $6 P= 0
            Goto close
        ${EndIf}
        StrLen $7 ";$INSTDIR"
        IntOp $7 $7 * 2
        ${While} $6 P<> 0
            ; What stands behind the folder moves to where the semicolon before it was.
            IntPtrOp $0 $6 + $7
            System::Call 'kernel32::lstrlenW(p r0) i.r3'
            IntOp $3 $3 + 1
            IntOp $3 $3 * 2
            System::Call 'kernel32::RtlMoveMemory(p r6, p r0, p r3)'
            System::Call 'shlwapi::StrStrIW(p r4, w ";$INSTDIR;") p.r6'
        ${EndWhile}
        ; Our own semicolon at the end goes again.
        System::Call 'kernel32::lstrlenW(p r4) i.r0'
        ${If} $0 > 1
            IntOp $0 $0 - 1
            IntOp $0 $0 * 2
            IntPtrOp $0 $4 + $0
            System::Call '*$0(&i2 0)'
        ${EndIf}
    ${EndIf}

    System::Call 'kernel32::lstrlenW(p r5) i.r3'
    ${If} $3 = 0
    ${AndIf} $Everyone = 0
        System::Call 'advapi32::RegDeleteValueW(p r1, w "Path")'
    ${Else}
        IntOp $3 $3 + 1
        IntOp $3 $3 * 2
        System::Call 'advapi32::RegSetValueExW(p r1, w "Path", i 0, i r2, p r5, i r3)'
    ${EndIf}
    ; Programs that are started from now on see it.
    SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
  close:
    System::Call 'advapi32::RegCloseKey(p r1)'
    ${If} $4 P<> 0
        System::Free $4
    ${EndIf}
  done:
    Pop $7
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
    Pop $0
    Pop $9
FunctionEnd
!macroend
!insertmacro EditPath ""
!insertmacro EditPath "un."
