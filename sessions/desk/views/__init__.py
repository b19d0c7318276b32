"""The pages of the front desk: each composes the rooms below in one request."""
