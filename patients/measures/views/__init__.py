"""Pages of measures: the settings of the clinic, the values of a patient."""
