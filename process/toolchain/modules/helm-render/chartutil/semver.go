package chartutil

// Parsed is what `semver` gives a template.
type Parsed interface {
	Major() uint64
	Minor() uint64
	Patch() uint64
	Prerelease() string
	Metadata() string
	Original() string
	String() string
}

// SemVer stands for a version of Kubernetes that a template took apart. Major and minor are declared; who asks for the rest is noted. It compares with
// nothing: whoever tries ends with an error, which is an answer too.
type SemVer struct {
	Parsed
	Ask func()
}

// Patch notes the question.
func (v SemVer) Patch() uint64 {
	v.Ask()
	return v.Parsed.Patch()
}

// Prerelease notes the question.
func (v SemVer) Prerelease() string {
	v.Ask()
	return v.Parsed.Prerelease()
}

// Metadata notes the question.
func (v SemVer) Metadata() string {
	v.Ask()
	return v.Parsed.Metadata()
}
