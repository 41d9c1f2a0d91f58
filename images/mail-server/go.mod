module hardened/images/mail-server

go 1.26.0
