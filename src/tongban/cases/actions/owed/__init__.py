"""What the applicant still owes: corrections 补正 and materials that follow acceptance 容缺后补."""
