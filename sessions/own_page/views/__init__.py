"""The pages behind a patient's links, and the two acts of staff for them."""
