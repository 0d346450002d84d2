"""The demo company: made facts of an e-commerce company that advertises on Meta, Google, Amazon and TikTok.

company    who it is: campaigns, regions, devices, segments and their true multipliers, drawn from a seed
events     what happens to it: seasons, promotions, launches, pauses, level shifts, anomalies
response   how spend turns into impressions: Hill curve and geometric adstock
simulate   one day of facts, a pure function of (company, day)
truth      every planted effect, for tests and the scorecard
table      facts as Arrow
write      facts to a Delta table, all or nothing
"""
