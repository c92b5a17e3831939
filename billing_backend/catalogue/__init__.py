"""What is sold, under which name, at which price since when?

Outsiders use `models` (Product, Price, Promotion) and `words.standing` for standing names.
"""
