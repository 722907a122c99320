"""The outside world of the demo city: registers, SMS, card maker, faults and a cast, as real HTTP servers.

It imports nothing of the product and shares no file with it; the wire is all they have in common.
Every person, number, address and firm in it is synthetic.
"""
