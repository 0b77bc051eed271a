"""Proof by simulation: records whose truth is known, and what the analyses make of them."""
