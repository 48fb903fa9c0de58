"""What is transcribed and analysed without Contact Lens, by which engine, and what is made of it (X3)."""
