"""What happens to the record, one module for each part of it."""
