"""How is Rasa started without the warnings of its libraries? As `python -m bot.nlu` for `rasa`.

Rasa 3.6 and what it needs will not change any more: their deprecation warnings tell nobody
anything, and there are dozens at each start.
"""

import warnings

# Not a filter: sanic and pyparsing put filters of their own before any of ours.
warnings.showwarning = lambda *_, **__: None

from rasa.__main__ import main  # noqa: E402

main()
