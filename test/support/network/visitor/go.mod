module example.test/visitor

go 1.24
