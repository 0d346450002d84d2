"""Microsoft Advertising: reports of its console, and those of its Reporting API, whose headers are the API's names.

The API's columns: learn.microsoft.com/en-us/advertising/reporting-service/campaignperformancereportcolumn.
"""

from typing import Final

from ingest.layouts.headers import Layout, names

LAYOUT: Final = Layout(
    name="Microsoft Advertising",
    platform="Microsoft Advertising",
    columns={
        "date": names("Gregorian date|GregorianDate|Date|Day|TimePeriod|Time period"),
        "week": names("Week|Week start date|WeekStartDate"),
        "month": names("Month|Month start date|MonthStartDate"),
        "account": names("Account name|AccountName|Account number|AccountNumber|Account ID|AccountId"),
        "account_id": names("Account ID|AccountId|Account number|AccountNumber"),
        "campaign": names("Campaign name|CampaignName|Campaign"),
        "campaign_id": names("Campaign ID|CampaignId"),
        "objective": names("Campaign type|CampaignType"),
        "ad group": names("Ad group|Ad group name|AdGroupName|Ad group ID|AdGroupId"),
        "ad": names("Ad ID|AdId"),
        "keyword": names("Keyword|Keyword ID|KeywordId"),
        "search term": names("Search term|Search query|SearchQuery"),
        "product": names("Item ID|Merchant product ID|MerchantProductId"),
        "placement": names("Network|Top vs. other|TopVsOther|Ad distribution|AdDistribution"),
        "region": names("Country/region|Country|Country of interest"),
        "device": names("Device type|DeviceType|Device"),
        "gender": names("Gender"),
        "age": names("Age group|AgeGroup"),
        "currency": names("Currency code|CurrencyCode|Currency"),
        "spend": names("Spend|Cost"),
        "impressions": names("Impressions|Impr."),
        "clicks": names("Clicks"),
        "conversions": names("Conversions|Conv.|Conversions qualified|ConversionsQualified"),
        "revenue": names("Revenue|Conv. value"),
    },
    marks=frozenset(
        names(
            "Gregorian date|GregorianDate|TimePeriod|AccountNumber|CampaignName|AverageCpc|Low quality clicks"
            "|LowQualityClicks|AdDistribution|Account number|DeviceType"
        )
    ),
    absent={"revenue": "add the column “Revenue”", "conversions": "add the column “Conversions”"},
    period="choose the unit of time Day when making the report",
)
