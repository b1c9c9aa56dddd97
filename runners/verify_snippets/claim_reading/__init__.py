"""How a card's promises are read: one idea a module, all of it pure."""
