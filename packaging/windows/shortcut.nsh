; The Start menu's shortcut, with the identity by which Windows knows whose toasts and windows are whose
; ("System.AppUserModel.ID", set through IPropertyStore), and the class that it calls when a toast is pressed
; ("System.AppUserModel.ToastActivatorCLSID").

!include Win\COM.nsh
!include Win\Propkey.nsh

Function LayShortcut
    Push $0 ; IShellLink
    Push $1 ; IPersistFile
    Push $2 ; the property's key
    Push $3 ; its value
    Push $4 ; IPropertyStore
    Push $5 ; the identity's text, then the class's number
    CreateShortcut "$SMPROGRAMS\Rolecall.lnk" "$INSTDIR\rolecall-tray.exe" "" "$INSTDIR\rolecall.ico"
    !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
    ${If} $0 P<> 0
        ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}", .r1)'
        ${If} $1 P<> 0
            ${IPersistFile::Load} $1 '("$SMPROGRAMS\Rolecall.lnk", ${STGM_READWRITE})'
            ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}", .r4)'
            ${If} $4 P<> 0
                System::Call 'oleaut32::SysAllocString(w "${ID}") p.r5'
                System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID}) p.r2'
                System::Call '*(&i2 ${VT_LPWSTR}, &i6 0, p r5, p 0) p.r3' ; a PROPVARIANT
                ${IPropertyStore::SetValue} $4 '($2, $3)'
                System::Call 'oleaut32::SysFreeString(p r5)'
                System::Free $2
                System::Free $3
                System::Call '*(&g16 "${ACTIVATOR}") p.r5'
                System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ToastActivatorCLSID}) p.r2'
                System::Call '*(&i2 ${VT_CLSID}, &i6 0, p r5, p 0) p.r3'
                ${IPropertyStore::SetValue} $4 '($2, $3)'
                System::Free $2
                System::Free $3
                System::Free $5
                ${IPropertyStore::Commit} $4 ""
                ${IUnknown::Release} $4 ""
            ${EndIf}
            ${IPersistFile::Save} $1 '("$SMPROGRAMS\Rolecall.lnk", 1)'
            ${IUnknown::Release} $1 ""
        ${EndIf}
        ${IUnknown::Release} $0 ""
    ${EndIf}
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
    Pop $0
FunctionEnd
