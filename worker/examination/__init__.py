"""The fairness examination of a challenge's folder: each module asks one group of questions; `examining` asks them all."""
