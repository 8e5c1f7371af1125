"""What was printed, the materials it is about, its figures, and how both compare with what the equations give."""
