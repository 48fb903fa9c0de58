"""Amazon Connect's Flow language: what a flow says, and what creating it would refuse.

What each type of action takes is data: `docs/facts/flow-actions.json`, explained in
`docs/facts/flow-language.md`.
"""
