; What the installer says, in English and German: what happened, then what to do.

!macro Word name english german
    LangString ${name} ${LANG_ENGLISH} "${english}"
    LangString ${name} ${LANG_GERMAN} "${german}"
!macroend

!macro Words
    !insertmacro Word OldWindows \
        "Rolecall needs Windows 10 or newer." \
        "Rolecall braucht Windows 10 oder neuer."
    !insertmacro Word NewerIsThere \
        "A newer Rolecall ($0) is installed. To go back to ${VERSION}, remove the newer one first; your own files stay." \
        "Ein neueres Rolecall ($0) ist installiert. Für ${VERSION} entfernen Sie zuerst das neuere; Ihre eigenen Dateien bleiben."
    !insertmacro Word StillRunning \
        "Rolecall is still running. Quit it from its icon, close its windows and wait for commands that use it; then try again." \
        "Rolecall läuft noch. Beenden Sie es über sein Symbol, schließen Sie seine Fenster und warten Sie auf Befehle, die es benutzen; dann noch einmal."
    !insertmacro Word NotAdministrator \
        "Only an administrator can do this for everyone: start it from an elevated prompt." \
        "Für alle kann das nur ein Administrator: Starten Sie es aus einer Eingabeaufforderung mit erhöhten Rechten."
    !insertmacro Word ThereForEveryone \
        "Rolecall is installed for everyone on this computer already. Use that one, or have it removed first." \
        "Rolecall ist auf diesem Computer schon für alle installiert. Benutzen Sie dieses, oder lassen Sie es zuerst entfernen."
    !insertmacro Word NotWritten \
        "Files could not be written into $INSTDIR. Close what uses them, see that the disk has room, and try again." \
        "Dateien ließen sich nicht nach $INSTDIR schreiben. Schließen Sie, was sie benutzt, sorgen Sie für freien Platz, und dann noch einmal."
    !insertmacro Word ScopeTitle "For whom?" "Für wen?"
    !insertmacro Word ScopeText \
        "Rolecall ${VERSION} is installed for you alone, or for everyone who uses this computer." \
        "Rolecall ${VERSION} wird nur für Sie installiert, oder für alle, die diesen Computer benutzen."
    !insertmacro Word ForMe "For &me" "Für &mich"
    !insertmacro Word ForEveryone "For &everyone (needs an administrator)" "Für &alle (nur als Administrator)"
    !insertmacro Word Install "&Install" "&Installieren"
!macroend
