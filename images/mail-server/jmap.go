package main

import (
	"encoding/json"
	"net/http"
)

const (
	coreCapability = "urn:ietf:params:jmap:core"
	mailCapability = "urn:ietf:params:jmap:mail"
	maxRequest     = 1 << 20 // bytes
	maxObjects     = 500
)

type jmapServer struct {
	*store
	username string
}

type object = map[string]any

// session is the resource every client starts from (RFC 8620 section 2).
func (j *jmapServer) session(w http.ResponseWriter, r *http.Request) {
	base := "http://" + r.Host + "/jmap/"
	limits := object{"maxSizeUpload": 0, "maxConcurrentUpload": 0, "maxSizeRequest": maxRequest, "maxConcurrentRequests": 8,
		"maxCallsInRequest": 16, "maxObjectsInGet": maxObjects, "maxObjectsInSet": maxObjects, "collationAlgorithms": []string{}}
	mail := object{"maxMailboxesPerEmail": nil, "maxMailboxDepth": nil, "maxSizeMailboxName": 255, "maxSizeAttachmentsPerEmail": 0,
		"emailQuerySortOptions": []string{"receivedAt"}, "mayCreateTopLevelMailbox": true}
	reply(w, http.StatusOK, object{
		"capabilities": object{coreCapability: limits, mailCapability: object{}},
		"accounts": object{accountID: object{"name": j.username, "isPersonal": true, "isReadOnly": false,
			"accountCapabilities": object{mailCapability: mail}}},
		"primaryAccounts": object{mailCapability: accountID},
		"username":        j.username,
		"apiUrl":          base + "api/",
		"downloadUrl":     base + "download/{accountId}/{blobId}/{name}?type={type}",
		"uploadUrl":       base + "upload/{accountId}/",
		"eventSourceUrl":  base + "events/?types={types}&closeafter={closeafter}&ping={ping}",
		"state":           "0",
	})
}

// api runs the method calls of one request in order (RFC 8620 section 3).
func (j *jmapServer) api(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Using       []string             `json:"using"`
		MethodCalls [][3]json.RawMessage `json:"methodCalls"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&body); err != nil || body.Using == nil || body.MethodCalls == nil {
		problem(w, "notRequest", "the body must be a JMAP request object")
		return
	}
	for _, capability := range body.Using {
		if capability != coreCapability && capability != mailCapability {
			problem(w, "unknownCapability", capability)
			return
		}
	}
	var answers []result
	for _, call := range body.MethodCalls {
		var name, id string
		var args object
		if json.Unmarshal(call[0], &name) != nil || json.Unmarshal(call[1], &args) != nil || json.Unmarshal(call[2], &id) != nil {
			problem(w, "notRequest", "a method call must be [name, arguments, id]")
			return
		}
		answers = append(answers, j.call(name, args, id, answers))
	}
	reply(w, http.StatusOK, object{"methodResponses": answers, "sessionState": "0"})
}

// result is one entry of methodResponses.
type result struct {
	name string
	args object
	id   string
}

func (r result) MarshalJSON() ([]byte, error) { return json.Marshal([]any{r.name, r.args, r.id}) }

func (j *jmapServer) call(name string, args object, id string, before []result) result {
	methods := map[string]func(object) (object, *methodError){
		"Mailbox/get": j.mailboxGet, "Mailbox/set": j.mailboxSet,
		"Email/query": j.emailQuery, "Email/get": j.emailGet, "Email/set": j.emailSet,
	}
	method, known := methods[name]
	if !known {
		return result{"error", object{"type": "unknownMethod"}, id}
	}
	args, failed := resolveReferences(args, before)
	if failed == nil && args["accountId"] != accountID {
		failed = &methodError{"accountNotFound", ""}
	}
	if failed == nil {
		args, failed = method(args)
	}
	if failed != nil {
		return result{"error", object{"type": failed.kind, "description": failed.text}, id}
	}
	args["accountId"] = accountID
	return result{name, args, id}
}

// methodError is an error of one method call (RFC 8620 section 3.6.2).
type methodError struct{ kind, text string }

func problem(w http.ResponseWriter, kind, detail string) {
	reply(w, http.StatusBadRequest, object{"type": "urn:ietf:params:jmap:error:" + kind, "status": http.StatusBadRequest, "detail": detail})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body)
}
