// Empty. With it the compiler takes functions without a body, which engine.go links to those of Helm.
