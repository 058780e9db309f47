from django.apps import AppConfig, apps


class ConferenceConfig(AppConfig):
    name = "conference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from conference.field_words import translate_field_names

        for label in ("conference", "rooms", "recordings"):
            translate_field_names(apps.get_app_config(label).get_models())
