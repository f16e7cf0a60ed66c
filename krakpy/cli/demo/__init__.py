"""`krakpy demo`: a gateway with two extensions, one of them broken, shown at work in a minute."""
