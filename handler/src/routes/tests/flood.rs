//! Failed proofs are braked, right ones never.

use super::world::{SECRET, World, basic, form, header, register, registration, request};

/// As many failures of one second are answered as failures.
const FREE: usize = 20;

#[tokio::test(start_paused = true)]
async fn wrong_passwords_are_braked_and_a_right_one_passes() {
    let world = World::new();
    let wrong =
        || request("POST", "/api/verify").header("authorization", basic("b2c", "password-of-a-stranger"));
    for _ in 0..FREE {
        assert_eq!(world.send(wrong()).await.status(), 401);
    }
    let braked = world.send(wrong()).await;
    assert_eq!(braked.status(), 429);
    assert_eq!(header(&braked, "retry-after"), "2");
    let right = register().json(&registration("c1"));
    assert_eq!(world.send(right).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn wrong_client_secrets_are_braked_and_a_right_one_passes() {
    let world = World::new();
    let presented = |secret| {
        let fields = [
            ("client_id", "b2c"),
            ("client_secret", secret),
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("redirect_uri", "y"),
        ];
        form("/api/token", &fields)
    };
    for _ in 0..FREE {
        assert_eq!(
            world.send(presented("a-secret-of-somebody-else")).await.status(),
            401
        );
    }
    assert_eq!(
        world.send(presented("a-secret-of-somebody-else")).await.status(),
        429
    );
    assert_eq!(
        world.send(presented(SECRET)).await.status(),
        400,
        "the code is wrong, the client is not"
    );
}
