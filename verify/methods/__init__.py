"""The methods: two judges and the numerical routes. Each takes a claim and returns evidence."""
