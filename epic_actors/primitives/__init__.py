"""Externals that scripts call, ready made; import the module of those you need.

    llm, tools      language models, functions that they may call, a loop that lets them
    http            requests
    files, process  files and commands of this machine
    clock, random   time, and draws that can be repeated
    output          results on the way

The other modules are theirs: what they send and read, and how they try again.
"""
