"""Customs of numbers that Django does not bring, by language and country."""
