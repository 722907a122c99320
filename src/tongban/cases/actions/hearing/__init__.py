"""The hearing 听证 (行政许可法 art. 46 to 48), of the applicant and of interested persons."""
