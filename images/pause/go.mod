module hardened/images/pause

go 1.26.0
