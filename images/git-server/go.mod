module hardened/images/git-server

go 1.26.0
