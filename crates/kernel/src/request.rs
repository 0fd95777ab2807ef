//! Id of the request being answered, available to code far from the HTTP layer.

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Answers a request: within `answer`, and not in tasks that it spawns, [`request_id`] is `id`.
pub async fn answering<A: Future>(id: String, answer: A) -> A::Output {
    REQUEST_ID.scope(id, answer).await
}

/// The id of the request that is being answered here, if one is.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn request_id_is_set_only_within_the_request() {
        assert_eq!(request_id(), None);
        let seen = answering("0123abcd".to_owned(), async { request_id() }).await;
        assert_eq!(seen.as_deref(), Some("0123abcd"));
        assert_eq!(request_id(), None);
    }
}
