"""Every number that was found, with its error: functions of the arrays that it stands on."""
