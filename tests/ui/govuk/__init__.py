"""Our components against govuk-frontend's: the same options must mean the same to a browser and a screen reader."""
