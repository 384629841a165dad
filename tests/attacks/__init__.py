"""What an unprivileged user can do to a run of root that touches what that user owns.

``scene`` has the parties: root, who runs the program, users with throw-away uids, and the *vault*,
a folder of root's that no attack may change or bring to light. Everything here needs root.
"""
