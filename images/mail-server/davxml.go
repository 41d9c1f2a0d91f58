package main

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// props are the properties of one resource: local name to inner XML.
type props map[string]string

// those of CardDAV; the others are WebDAV's.
var carddavProps = []string{"addressbook-home-set", "address-data"}

func escaped(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text))
	return out.String()
}

func href(path string) string { return "<d:href>" + escaped(path) + "</d:href>" }

// requested lists the local names inside the prop element of a request; nil stands for all, as does an empty body.
func requested(body io.Reader) ([]string, error) {
	var request struct {
		Prop *struct {
			Names []struct{ XMLName xml.Name } `xml:",any"`
		} `xml:"DAV: prop"`
	}
	err := xml.NewDecoder(io.LimitReader(body, maxRequest)).Decode(&request)
	if errors.Is(err, io.EOF) || err == nil && request.Prop == nil {
		return nil, nil
	}
	names := []string{}
	if err == nil {
		for _, p := range request.Prop.Names {
			names = append(names, p.XMLName.Local)
		}
	}
	return names, err
}

// found is one resource with the wanted properties it has, and the names of those it has not (RFC 4918 section 9.1).
func found(path string, has props, wanted []string) string {
	if wanted == nil {
		wanted = slices.Sorted(maps.Keys(has))
	}
	var given, absent strings.Builder
	for _, name := range wanted {
		prefix := "d:"
		if slices.Contains(carddavProps, name) {
			prefix = "c:"
		}
		if value, ok := has[name]; ok {
			given.WriteString("<" + prefix + name + ">" + value + "</" + prefix + name + ">")
		} else {
			absent.WriteString("<" + prefix + name + "/>")
		}
	}
	return "<d:response>" + href(path) + propstat(given.String(), "200 OK") + propstat(absent.String(), "404 Not Found") + "</d:response>"
}

func propstat(list, status string) string {
	if list == "" {
		return ""
	}
	return "<d:propstat><d:prop>" + list + "</d:prop><d:status>HTTP/1.1 " + status + "</d:status></d:propstat>"
}

func multistatus(w http.ResponseWriter, list string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusMultiStatus)
	_, _ = io.WriteString(w, xml.Header+`<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">`+list+"</d:multistatus>")
}
