"""An agent's desk on the laptop: Zendesk's frame around the agent app, and Amazon Connect's control panel.

A visitor plays the agent: contacts come in, are accepted, attached, paused and ended. What is between the two
is real: the app's pages, Zendesk's SDK, Amazon Connect's Streams, and the deployed functions.
"""
