module hardened/images/service

go 1.26.0
