"""What the applicant does until her application has reached its department, and taking it back."""
