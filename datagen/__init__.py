"""The demo company: generated facts of an e-commerce company that advertises on Meta, Google, Amazon and TikTok.

campaigns  the twenty campaigns, and the names of everything
company    who it is: response curves and the true multiplier of every row, drawn from a seed
season     the ordinary course: weekdays, seasons, growth
effect     what an effect is: levers, days, scope
feasts     Prime sales, Black Friday, Christmas
events     what a seed plants: promotions, launches, pauses, level shifts, anomalies
response   how spend turns into impressions: Hill curve and geometric adstock
simulate   one day of facts, a pure function of (company, day)
truth      every planted effect, for tests and the scorecard
table      facts as Arrow
write      facts to a Delta table, all or nothing; how a reader recognises demo data
arguments  the command line
"""
