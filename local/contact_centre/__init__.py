"""A small contact centre: its days as the records, events and files that AWS would send of them."""

from local.contact_centre.day import Day, Faithfulness
from local.contact_centre.emissions import Emission, Expectation
from local.contact_centre.population import Population, population

__all__ = ["Day", "Emission", "Expectation", "Faithfulness", "Population", "population"]
