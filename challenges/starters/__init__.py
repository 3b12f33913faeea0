"""Programs that a drafted challenge starts with; each works as it stands once its names are filled in (`challenges.starting`)."""
