"""Choice probabilities of a mixed logit, averaged over people."""
