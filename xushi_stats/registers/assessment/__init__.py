"""The assessment of cadres by points."""
