"""Reads English messages: text, sentences, requests and promises, due dates, titles. Pure, without any I/O."""
